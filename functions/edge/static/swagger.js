SwaggerUIBundle({
  dom_id: "#docs",
  url: "/api/schema/",
  deepLinking: true,
  docExpansion: "none", // with all operations open at once it stops drawing
  persistAuthorization: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // would tell a host of others what we document
});
