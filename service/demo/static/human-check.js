{
  box: null,
  render(place, { callback }) {
    const host = typeof place === "string" ? document.querySelector(place) : place;
    const label = document.createElement("label");
    this.box = Object.assign(document.createElement("input"), { type: "checkbox", name: "human" });
    this.box.addEventListener("change", ({ target }) => {
      target.disabled = true;
      callback(`human.${location.hostname}.${crypto.randomUUID()}`);
    });
    label.append(this.box, " I am human (played by the demo)");
    host.replaceChildren(label);
    return "demo";
  },
  reset() {
    Object.assign(this.box ?? {}, { checked: false, disabled: false });
  },
  remove() {},
};
