// The frame on the photo follows the three sliders, and a finger or mouse on it; without this file a button shows the effect.
"use strict";

const form = document.querySelector("[data-crop]");
if (form) {
  const picture = form.querySelector("svg");
  const frame = form.querySelector(".crop-frame");
  const shade = form.querySelector(".crop-shade");
  const result = form.querySelector(".crop-result img");
  const [width, height] = [picture.viewBox.baseVal.width, picture.viewBox.baseVal.height];
  const shape = Number(frame.dataset.height) / Number(frame.dataset.width);
  const slider = (name) => form.elements.namedItem(name);
  const value = (name) => Number(slider(name).value);
  let pause = 0;

  function show() {
    const wide = Math.min(width, height / shape) * value("size") / 100;
    const high = wide * shape;
    const left = (width - wide) * value("across") / 100;
    const top = (height - high) * value("down") / 100;
    for (const [name, at] of Object.entries({ x: left, y: top, width: wide, height: high })) frame.setAttribute(name, at);
    shade.setAttribute("d", `M0 0H${width}V${height}H0ZM${left} ${top}v${high}h${wide}v${-high}Z`);
    clearTimeout(pause);
    pause = setTimeout(() => {
      const address = new URL(result.src);
      for (const name of ["size", "across", "down"]) address.searchParams.set(name, slider(name).value);
      result.src = address;
    }, 250);
  }

  form.querySelector("[name=look]").hidden = true;
  form.addEventListener("input", show);
  // What a page shows when one comes back to it.
  window.addEventListener("pageshow", show);

  frame.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    frame.setPointerCapture(event.pointerId);
    const scale = width / picture.getBoundingClientRect().width;
    const start = { x: event.clientX, y: event.clientY, across: value("across"), down: value("down") };
    const move = (moved) => {
      const room = { x: width - frame.width.baseVal.value, y: height - frame.height.baseVal.value };
      const set = (name, from, by, space) => {
        if (space > 1) slider(name).value = Math.round(from + by * scale * 100 / space);
      };
      set("across", start.across, moved.clientX - start.x, room.x);
      set("down", start.down, moved.clientY - start.y, room.y);
      show();
    };
    frame.addEventListener("pointermove", move);
    frame.addEventListener("lostpointercapture", () => frame.removeEventListener("pointermove", move), { once: true });
  });
}
