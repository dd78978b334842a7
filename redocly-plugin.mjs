// Takes away what Redocly would misread: a payload in a dialect of JSON Schema that its
// schemaFormat names is no AsyncAPI schema. tests/unit/test_contracts.py checks those by their own.
export default () => ({
  id: "sinergi",
  preprocessors: {
    async3: {
      "other-dialects": () => ({
        NamedMessages: {
          enter(messages) {
            for (const message of Object.values(messages)) {
              if (message.payload?.schemaFormat) message.payload = { type: "object" };
            }
          },
        },
      }),
    },
  },
});
