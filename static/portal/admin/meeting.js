// The meeting's table: running totals and the cut-off follow what is typed. The server counts again.
(() => {
  const form = document.querySelector("[data-meeting]");
  if (!form) return;
  const money = Number(form.dataset.money);
  const yuan = (fen) => (fen / 100).toLocaleString("en-US", { minimumFractionDigits: fen % 100 ? 2 : 0 });
  const fenOf = (text) => {
    const plain = text.normalize("NFKC").replace(/[\s，元]/g, "");
    const wan = plain.match(/^(\d+(?:\.\d+)?)万$/);
    const number = Number(wan ? wan[1] : plain || "0") * (wan ? 1000000 : 100);
    return Number.isFinite(number) && number >= 0 ? Math.round(number) : 0;
  };
  // A reason is asked for where something was changed; after a refusal, everywhere.
  const refused = form.querySelector("[role=alert]") !== null;
  const asksWhy = (row) => refused || [...row.querySelectorAll("input")].some((one) => one.value !== one.defaultValue)
    || row.querySelector(".m-reason").value !== "" || !row.querySelector("select").selectedOptions[0]?.defaultSelected;
  const show = () => {
    const rows = [...form.querySelectorAll("[data-row]")].sort(
      (a, b) => Number(a.querySelector("[type=number]").value) - Number(b.querySelector("[type=number]").value));
    // The line that tells how a tie was decided stays with its row.
    const whole = (row) => (row.nextElementSibling?.matches(".m-why") ? [row, row.nextElementSibling] : [row]);
    const tally = { PROPOSED: 0, RESERVE: 0, NOT_PROPOSED: 0 };
    let total = 0, next = 0, last = null;
    for (const row of rows) {
      const verdict = row.querySelector("select").value;
      const fen = fenOf(row.querySelector("td.r input").value);
      tally[verdict] += 1;
      for (const one of whole(row)) one.dataset.verdict = verdict;
      row.classList.toggle("m-moved", asksWhy(row));
      if (verdict === "PROPOSED") { total += fen; last = row; } else if (verdict === "RESERVE" && !next) next = fen;
      row.querySelector("[data-sum]").textContent = verdict === "PROPOSED" ? yuan(total) : "—";
    }
    const body = form.querySelector("tbody");
    for (const row of rows) body.append(...whole(row));
    const cut = form.querySelector("[data-cut]");
    const left = money - total;
    if (cut && last) {
      whole(last).at(-1).after(cut);
      const words = form.dataset[left < 0 ? "over" : next > left ? "short" : "fits"];
      const values = { total: yuan(total), left: yuan(Math.abs(left)), next: yuan(next) };
      cut.querySelector("[data-cut-words]").textContent = words.replace(/\{(\w+)\}/g, (_hole, name) => values[name]);
    }
    for (const one of form.querySelectorAll("[data-count]")) one.textContent = tally[one.dataset.count];
    form.querySelector("[data-total]").textContent = yuan(total);
    form.querySelector("[data-left]").textContent = yuan(left);
    form.querySelector("[data-share]").textContent = `${(100 * total / money).toFixed(1)}%`;
    const bar = form.querySelector("[data-bar]");
    bar.setAttribute("width", `${Math.min(100, 100 * total / money)}%`);
    bar.classList.toggle("over", left < 0);
  };
  for (const row of form.querySelectorAll("[data-row]")) row.classList.toggle("m-moved", asksWhy(row));
  form.classList.add("m-live");
  form.addEventListener("change", (event) => { if (event.target.closest("[data-row]")) show(); });
})();
