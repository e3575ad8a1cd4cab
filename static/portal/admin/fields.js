// Fields of the admin in our own words; the browser's file button and its empty dates speak the browser's language.
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
  const days = "main input:is([type=date], [type=time], [type=datetime-local])";
  const mark = (input) => input.classList.toggle("c-unset", !input.value && !input.validity.badInput);
  for (const event of ["input", "change", "focusout"]) {
    document.addEventListener(event, ({ target }) => { if (target.matches?.(days)) mark(target); });
  }
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(days).forEach(mark);
    for (const input of document.querySelectorAll("main .w-field input[type=file]")) dress(input);
  });
})();
