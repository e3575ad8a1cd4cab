/* Read the page aloud with the browser's own voice (elder mode); without one the button stays hidden. */
"use strict";
(() => {
  const voice = window.speechSynthesis;
  const button = document.querySelector("[data-aloud]");
  if (!voice || !window.SpeechSynthesisUtterance || !button) return;
  const word = button.querySelector("span");
  const start = word.textContent;
  let reading = false, timer = 0;

  function end(text) {
    clearTimeout(timer);
    reading = false;
    word.textContent = text || start;
  }

  /* A line an utterance: some engines fall silent in the middle of a long one. */
  function read() {
    const lines = (document.querySelector("#aloud") || document.querySelector("main")).innerText.split("\n").filter((line) => line.trim());
    reading = true;
    word.textContent = button.dataset.stop;
    lines.forEach((line, at) => {
      const said = new SpeechSynthesisUtterance(line);
      said.lang = document.documentElement.lang;
      said.rate = 0.9;
      said.onstart = () => clearTimeout(timer);
      if (at === lines.length - 1) said.onend = () => end();
      said.onerror = (event) => { if (reading && !["canceled", "interrupted"].includes(event.error)) none(); };
      voice.speak(said);
    });
    timer = setTimeout(none, 5000);
  }

  function none() {
    voice.cancel();
    end(button.dataset.none);
    button.disabled = true;
  }

  button.hidden = false;
  button.addEventListener("click", () => {
    voice.cancel();
    if (reading) end();
    else read();
  });
  window.addEventListener("pagehide", () => voice.cancel());
})();
