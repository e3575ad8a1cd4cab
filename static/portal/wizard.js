/* The applicant's wizard: conditional questions, editable tables, the budget's live head. Pages work without it. */
"use strict";
(() => {
  const all = (selector, scope = document) => [...scope.querySelectorAll(selector)];

  /* data-when="q_…" data-equals="是|…": shown only while the other question is answered so. */
  function conditions(form) {
    const words = { yes: "是", no: "否" };
    const tell = () => {
      for (const box of all("[data-when]", form)) {
        const fields = all(`[name="${box.dataset.when}"]`, form);
        const given = fields.filter((one) => !["radio", "checkbox"].includes(one.type) || one.checked).map((one) => words[one.value] || one.value);
        box.hidden = !given.some((one) => box.dataset.equals.split("|").includes(one));
      }
    };
    form.addEventListener("change", tell);
    tell();
  }

  function table(form) {
    const body = form.querySelector("[data-rows] tbody"), blank = form.querySelector("template[data-blank]"), add = form.querySelector("[data-add-row]");
    if (!body || !blank) return;
    let next = 1000;
    const lines = () => all("tr", body).filter((row) => row.querySelector("[data-n]"));
    const changed = () => {
      lines().forEach((row, at) => { row.querySelector("[data-n]").textContent = at + 1; });
      form.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const show = (scope) => all("[data-up], [data-drop]", scope).forEach((button) => { button.hidden = false; });
    add.hidden = false;
    show(body);
    add.addEventListener("click", () => {
      const row = blank.content.firstElementChild.cloneNode(true);
      for (const field of all("[name]", row)) {
        field.name = field.name.replace("row-9999", `row-${next}`);
        field.id = field.id.replace("row-9999", `row-${next}`);
      }
      next += 1;
      show(row);
      body.append(row);
      lines().forEach((one, at) => { one.querySelector("[data-n]").textContent = at + 1; });
      row.querySelector("[name]").focus();
    });
    body.addEventListener("click", (event) => {
      const row = event.target.closest("tr");
      if (event.target.matches("[data-drop]")) {
        let breach = row.nextElementSibling;
        while (breach && breach.matches("[data-breach]")) { const gone = breach; breach = breach.nextElementSibling; gone.remove(); }
        row.remove();
        changed();
      }
      if (event.target.matches("[data-up]")) {
        const at = lines().indexOf(row);
        if (at > 0) { body.insertBefore(row, lines()[at - 1]); all("[data-breach]", body).forEach((one) => one.remove()); changed(); event.target.focus(); }
      }
    });
    form.addEventListener("autosaved", (event) => redraw(form, body, lines(), event.detail));
  }

  /* After an autosave the server tells the head, the amounts and the sentences of each row. */
  function redraw(form, body, lines, told) {
    if (!told.head) return;
    document.querySelector("[data-budget-head]").innerHTML = told.head;
    form.querySelector("[data-budget-foot]").innerHTML = told.foot;
    all("[data-breach]", body).forEach((one) => one.remove());
    const filled = lines.filter((row) => ["item", "unit_price", "basis"].some((name) => row.querySelector(`[name$="-${name}"]`).value.trim()));
    const words = (fen) => (fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    filled.forEach((row, at) => {
      const mine = told.faults.filter((fault) => fault.row === at);
      row.classList.toggle("bad", mine.length > 0);
      row.querySelector("[data-amount]").textContent = told.amounts[at] === undefined ? "" : words(told.amounts[at]);
      for (const fault of mine.reverse()) {
        const line = document.createElement("tr"), space = document.createElement("td"), cell = document.createElement("td");
        line.className = "breach";
        line.dataset.breach = "";
        cell.colSpan = 10;
        cell.textContent = fault.text;
        line.append(space, cell);
        row.after(line);
      }
    });
  }

  for (const form of all("form[data-autosave]")) { conditions(form); table(form); }
})();
