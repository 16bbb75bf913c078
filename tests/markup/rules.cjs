// What the validator asks of every page: all that html-validate recommends, but for the rules below, each with its reason.
module.exports = {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // The short form, in lower case, is as good as any.
    "doctype-style": ["error", { style: "lowercase" }],
    // Boxes of one question carry one name: that is how a list of answers is sent.
    "form-dup-name": ["error", { shared: ["radio", "checkbox", "button", "reset", "submit"] }],
    // Titles are what people called their practice or meeting; cutting them for a search engine helps no reader.
    "long-title": "off",
    // Space that a template leaves at a line's end costs nothing once the answer is compressed.
    "no-trailing-whitespace": "off",
    // A table whose rows become cards loses its meaning with its display: its explicit roles keep it. That no other element
    // repeats its role is asked by the test itself, which knows such tables by their class.
    "no-redundant-role": "error",
  },
};
