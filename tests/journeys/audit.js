/* Run in a page; returns the list of what is wrong with it, in words for the test's message. */
() => {
  const faults = [];
  const shown = (el) => {
    const box = el.getBoundingClientRect(), style = getComputedStyle(el);
    return box.width > 1 && box.height > 1 && style.visibility === "visible" && style.opacity !== "0" && style.clipPath === "none";
  };
  const name = (el) => `<${el.tagName.toLowerCase()}${el.className && el.className.baseVal === undefined ? "." + el.className : ""}> ${(el.textContent || el.name || "").trim().slice(0, 24)}`;
  const channel = (v) => ((v /= 255), v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const rgba = (text) => { const n = (text.match(/[\d.]+/g) || []).map(Number); return n.length === 3 ? [...n, 1] : n; };
  const ground = (el) => {
    for (let at = el; at; at = at.parentElement) {
      const style = getComputedStyle(at), colour = rgba(style.backgroundColor);
      if (style.backgroundImage !== "none") return null;
      if (colour[3] === 1) return colour;
    }
    return [255, 255, 255, 1];
  };
  const linesOf = (node, from = 0, to = node.data.length) => {
    const range = document.createRange();
    range.setStart(node, from); range.setEnd(node, to);
    return new Set([...range.getClientRects()].filter((box) => box.width > 1).map((box) => Math.round(box.top / 4))).size;
  };
  if (document.documentElement.lang !== "zh-CN") faults.push(`lang=${document.documentElement.lang}`);
  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll("main *")].filter((el) => el.getBoundingClientRect().right > innerWidth + 1).slice(0, 3);
    faults.push(`scrolls sideways: ${document.documentElement.scrollWidth} px ${wide.map(name).join(" | ")}`);
  }
  const heads = document.querySelectorAll("h1");
  if (heads.length !== 1) faults.push(`${heads.length} h1`);
  for (const id of [...document.querySelectorAll("[id]")].map((el) => el.id).filter((id, at, all) => all.indexOf(id) !== at)) faults.push(`id twice: ${id}`);
  for (const el of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (el.closest("template") || !shown(el)) continue;
    if (!(el.labels && el.labels.length) && !el.getAttribute("aria-label") && !el.getAttribute("aria-labelledby")) faults.push(`no label: ${name(el)}`);
  }
  for (const el of document.querySelectorAll("img:not([alt])")) faults.push(`no alt: ${el.src}`);
  for (const el of document.querySelectorAll("a[href], button, summary, select, input:not([type=hidden], [type=checkbox], [type=radio])")) {
    if (!shown(el)) continue;
    const box = el.getBoundingClientRect(), style = getComputedStyle(el);
    const height = style.display === "inline" ? Math.max(box.height, parseFloat(style.lineHeight)) : box.height;
    if (height < 23.5 || box.width < 23.5) faults.push(`small target ${Math.round(box.width)}×${Math.round(height)}: ${name(el)}`);
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const el = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || el.closest("svg, script, style, template, noscript, option") || !shown(el)) continue;
    const lines = linesOf(walker.currentNode);
    if (lines > 2 && walker.currentNode.data.trim().length <= 2 * lines) faults.push(`a pillar of text: ${name(el)}`);
    if (el.closest("dd, td, th, time, .meta, .due, .rows p")) for (const found of walker.currentNode.data.matchAll(/\d{1,3}(,\d{3})*\.\d\d|\d{4}-\d\d-\d\d|\d+年\d+月\d+日/g))
      if (linesOf(walker.currentNode, found.index, found.index + found[0].length) > 1) faults.push(`cut figure: ${found[0]} ${name(el)}`);
    if (seen.has(el)) continue;
    seen.add(el);
    const style = getComputedStyle(el), size = parseFloat(style.fontSize), back = ground(el);
    if (size < 14) faults.push(`${size} px: ${name(el)}`);
    if (!back || el.closest("[disabled]")) continue;
    const pair = [light(rgba(style.color)), light(back)].sort((a, b) => b - a), ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    const least = size >= 24 || (size >= 18.7 && Number(style.fontWeight) >= 650) ? 3 : 4.5;
    if (ratio < least) faults.push(`contrast ${ratio.toFixed(2)}: ${name(el)}`);
  }
  return [...new Set(faults)];
}
