Redoc.init(
  "/api/schema/",
  {
    hideDownloadButton: true,
    jsonSamplesExpandLevel: 4,
    requiredPropsFirst: true,
    theme: {
      colors: { primary: { main: "#0f766e" } },
      typography: {
        fontFamily: "system-ui, sans-serif",
        headings: { fontFamily: "system-ui, sans-serif" },
        code: { fontFamily: "ui-monospace, monospace" },
      },
    },
  },
  document.getElementById("docs"),
);
