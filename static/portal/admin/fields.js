// A file field of the admin in our own words; the browser's button speaks the browser's language.
(() => {
  const { pick, none } = document.currentScript.dataset;
  const dress = (input) => {
    const label = document.createElement("label"), button = document.createElement("span"), state = document.createElement("span");
    input.id ||= `file-${input.name}`;
    label.className = "c-file";
    label.htmlFor = input.id;
    button.className = "button button-secondary";
    button.textContent = pick;
    state.setAttribute("aria-live", "polite");
    state.textContent = none;
    label.append(button, state);
    input.classList.add("c-file-input");
    input.after(label);
    input.addEventListener("change", () => {
      state.textContent = [...input.files].map((file) => `${file.name} ${(file.size / 1048576).toFixed(1)} MB`).join("；") || none;
    });
  };
  document.addEventListener("DOMContentLoaded", () => {
    for (const input of document.querySelectorAll("main .w-field input[type=file]")) dress(input);
  });
})();
