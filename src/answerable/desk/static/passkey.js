/* The only script of the desk, on the three pages that ask for a passkey: browsers give one to a script alone.
   It reads the request from the form, lets the browser ask, puts the answer into the form and sends that. */
"use strict";

(() => {
  const form = document.querySelector("form[data-passkey]");
  if (!form) return;
  const said = form.querySelector("[data-said]");
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const text = (buffer) =>
    btoa(Array.from(new Uint8Array(buffer), (each) => String.fromCharCode(each)).join(""))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const made = async (options) => {
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = named(options.excludeCredentials);
    const found = await navigator.credentials.create({ publicKey: options });
    return [found, { attestationObject: text(found.response.attestationObject) }];
  };
  const asked = async (options) => {
    options.challenge = bytes(options.challenge);
    options.allowCredentials = named(options.allowCredentials);
    const found = await navigator.credentials.get({ publicKey: options });
    const { authenticatorData, signature } = found.response;
    return [found, { authenticatorData: text(authenticatorData), signature: text(signature) }];
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = "";
    try {
      const options = JSON.parse(form.dataset.options);
      const [found, response] = await (form.dataset.passkey === "create" ? made : asked)(options);
      const clientDataJSON = text(found.response.clientDataJSON);
      form.elements.answer.value = JSON.stringify({
        id: found.id, rawId: text(found.rawId), type: found.type, response: { ...response, clientDataJSON },
      });
      form.submit();
    } catch (fault) {
      said.textContent = "No passkey answered. Open the page again to try once more.";
    }
  });
})();
