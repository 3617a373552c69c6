SwaggerUIBundle({
  dom_id: "#docs",
  url: "/api/schema/",
  deepLinking: true,
  persistAuthorization: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // would tell a host of others what we document
});
