// The scoring desk: total, bands, count of characters, autosave. Without it the form still works.
(() => {
  const form = document.querySelector("[data-rubric]");
  if (!form) return;
  const say = window.portalSay;
  const points = [...form.querySelectorAll("input[data-max]")];
  const comment = form.querySelector("#comment");
  const status = document.querySelector("[data-save]");
  const total = form.querySelector("[data-total]");
  const missing = form.querySelector("[data-missing]");
  const count = form.querySelector("[data-count]");
  const desk = document.querySelector("[data-desk]");
  const tabs = [...desk.querySelectorAll("[data-pane-tab]")];
  const turn = (name) => {
    desk.dataset.pane = name;
    for (const tab of tabs) if (tab.dataset.paneTab === name) tab.setAttribute("aria-current", "true"); else tab.removeAttribute("aria-current");
  };
  for (const tab of tabs) tab.addEventListener("click", (event) => {
    event.preventDefault();
    turn(tab.dataset.paneTab);
    tab.scrollIntoView({ block: "nearest" });
  });
  turn(desk.dataset.pane || "paper");
  let timer = 0, busy = false, again = false, leaving = false, gone = false;

  const value = (input) => {
    const text = input.value.normalize("NFKC").trim();
    if (!text) return null;
    const number = Number(text);
    return Number.isFinite(number) && number >= 0 && number <= Number(input.dataset.max) && (number * 2) % 1 === 0 ? number : NaN;
  };
  const show = () => {
    let sum = 0, empty = 0;
    for (const input of points) {
      const one = value(input);
      if (Number.isNaN(one)) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
      if (one === null || Number.isNaN(one)) empty += 1; else sum += one;
      for (const band of form.querySelectorAll(`input[data-for="${input.id}"]`))
        band.checked = one !== null && one >= Number(band.dataset.from) && one < Number(band.dataset.to) + 1;
    }
    total.textContent = empty === points.length ? "——" : String(sum);
    const length = [...comment.value.trim()].length;
    const least = empty === 0 && sum < Number(form.dataset.low) ? Number(form.dataset.long) : Number(form.dataset.short);
    count.textContent = say("已写 {n} 字，至少 {least} 字", { n: length, least });
    count.classList.toggle("over", empty === 0 && length < least);
    const words = [];
    if (empty) words.push(say("还有 {n} 项未评分", { n: empty }));
    if (length < least) words.push(say(length ? "总评语不够长" : "总评语未写"));
    missing.textContent = words.join(say("，"));
  };
  const place = (code) => form.querySelector(code.startsWith("comment") ? `[name="${code}"]` : `#points_${code}`);
  const forget = (box) => {
    document.getElementById(`why_${box.name}`)?.remove();
    if (box.getAttribute("aria-describedby") === `why_${box.name}`) box.removeAttribute("aria-describedby");
    box.removeAttribute("aria-invalid");
  };
  const point = (faults) => {
    for (const why of form.querySelectorAll(".errorlist")) why.remove();
    for (const box of form.querySelectorAll("input[data-max], textarea")) forget(box);
    for (const [code, text] of Object.entries(faults)) {
      const box = place(code);
      if (!box) continue;
      const why = document.createElement("p");
      why.className = "errorlist";
      why.id = `why_${box.name}`;
      why.textContent = text;
      (box.closest(".crit-points") || box).after(why);
      const fold = box.closest("details");
      if (fold) fold.open = true;
      box.setAttribute("aria-invalid", "true");
      box.setAttribute("aria-describedby", why.id);
    }
  };
  const save = async () => {
    if (busy) { again = true; return; }
    busy = true;
    clearTimeout(timer);
    timer = 0;
    window.portal.freshen(form);
    status.textContent = form.dataset.saving;
    try {
      const answer = await fetch(form.dataset.saveUrl, { method: "POST", body: new FormData(form), keepalive: true, headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (answer.ok) {
        form.elements.version.value = told.version;
        const now = new Date();
        status.textContent = `${form.dataset.saved} ${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`;
        status.classList.remove("bad");
        gone = false;
        point({});
        form.querySelector(".errors")?.remove();
      } else if (answer.status === 401) {
        gone = true;
        status.textContent = told.message;
        status.classList.add("bad");
        if (!leaving) timer = setTimeout(save, 5000);
      } else {
        if (told.faults) {
          form.elements.version.value = told.version;
          point(told.faults);
        }
        status.textContent = [told.faults ? form.dataset.rest : "", ...told.reasons].join("");
        status.classList.add("bad");
      }
    } catch {
      status.textContent = form.dataset.failed;
      status.classList.add("bad");
      if (!leaving) timer = setTimeout(save, 5000);
    }
    busy = false;
    if (again) { again = false; save(); }
  };
  const soon = () => { show(); clearTimeout(timer); timer = setTimeout(save, 800); };
  form.addEventListener("input", (event) => {
    const band = event.target;
    if (band.type === "radio" && band.dataset.for) {
      const input = document.getElementById(band.dataset.for);
      const now = value(input);
      if (now === null || Number.isNaN(now) || now < Number(band.dataset.from) || now >= Number(band.dataset.to) + 1) {
        input.value = "";
        input.focus();
        input.placeholder = `${band.dataset.from}–${band.dataset.to}`;
        show();
        band.checked = true;
        return;
      }
    }
    soon();
  });
  form.addEventListener("submit", (event) => {
    if (gone) { event.preventDefault(); clearTimeout(timer); save(); return; }
    leaving = true;
    clearTimeout(timer);
  });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing || !(event.ctrlKey && event.key === "Enter")) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector('button[value="next"]'));
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden && timer && !leaving) { clearTimeout(timer); save(); } });
  show();
})();
