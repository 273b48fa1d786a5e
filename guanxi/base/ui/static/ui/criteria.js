// The builder of criteria: rows of field, operator and value beside the text form; either writes the other.
// The server reads and explains the text; here is only how it is put together.
(() => {
  const read = (block) => (block ? JSON.parse(block.textContent) : null);
  const make = (tag, attrs = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attrs)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value !== false && value != null) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child != null));
    return made;
  };
  const choose = (label, options, value, changed) => {
    const select = make("select", { class: "input", "aria-label": label, onchange: () => changed(select.value) });
    for (const [key, text, group] of options) {
      const home = group
        ? [...select.children].find((one) => one.label === group) || select.appendChild(make("optgroup", { label: group }))
        : select;
      home.append(make("option", { value: key, ...(key === value ? { selected: true } : {}) }, text));
    }
    if (!options.some(([key]) => key === value)) select.prepend(make("option", { value, selected: true }, value || "–"));
    return select;
  };
  const type = (label, value, changed, attrs = {}) => {
    const input = make("input", { class: "input", value, "aria-label": label, ...attrs });
    input.addEventListener("input", () => changed(input.value));
    return input;
  };

  const build = (root) => {
    const catalogue = read(root.querySelector("[data-criteria-catalogue]"));
    const words = catalogue.words;
    const area = document.getElementById(root.dataset.criteria);
    const rows = root.querySelector("[data-criteria-rows]");
    const form = area.form;
    let tree = null;
    let asking = 0;
    let asked = null;

    // From the tree to the text.
    const quoted = (text) => `"${String(text).replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"`;
    const isText = (field) => field && (field.kind === "text" || field.kind === "choice");
    const valueText = (value, field) => (isText(field) ? quoted(value) : String(value).trim() || '""');
    const compared = (node, field) => {
      if (node.op.startsWith("is ")) return node.op;
      if (node.op === "within") return `within ${node.value}`;
      const values = Array.isArray(node.value) ? node.value : [node.value];
      const several = node.op === "in" || node.op === "not in";
      const said = values.map((value) => valueText(value, field));
      return `${node.op} ${several ? `(${said.join(", ")})` : said[0]}`;
    };
    const fieldOf = (fields, key) => fields.find((field) => field.key === key);
    const relationOf = (key) => catalogue.relations.find((one) => one.key === key);
    const textOf = (node, fields, isTop = false) => {
      const said = {
        test: () => `${node.field} ${compared(node, fieldOf(fields, node.field))}`,
        segment: () => `segment(${node.id})`,
        related: () => {
          const inner = relationOf(node.relation)?.fields || [];
          const where = textOf(node.where, inner, true);
          const of = node.field ? `${node.relation}.${node.field}` : node.relation;
          const call = `${node.what}(${of}${where ? ` where ${where}` : ""})`;
          return node.what === "exists" ? call : `${call} ${compared(node, fieldOf(inner, node.field))}`;
        },
      }[node.t];
      if (said) return node.not ? `not ${said()}` : said();
      const parts = node.parts.map((part) => textOf(part, fields)).filter(Boolean);
      if (!parts.length) return "";
      const joined = parts.join(node.t === "all" ? " and " : " or ");
      if (node.not) return `not (${joined})`;
      return isTop || parts.length === 1 ? joined : `(${joined})`;
    };

    // From the tree to the screen.
    const changed = (again = false) => {
      area.value = textOf(tree, catalogue.fields, true);
      if (again) show();
      ask();
    };
    const first = (fields) => {
      const field = fields[0];
      const made = { t: "test", not: false, field: field.key, op: field.operators[0], value: "" };
      made.value = startOf(field, made.op);
      return made;
    };
    const startOf = (field, op) => {
      if (op.startsWith("is ")) return "";
      if (op === "within") return "30 days";
      const one = {
        choice: () => field.choices[0]?.[0] || "",
        yesno: () => "yes",
        number: () => "0",
        date: () => "today - 30 days",
        moment: () => "now - 30 days",
        reference: () => catalogue.people[field.references]?.[0]?.[0] || "me",
      }[field.kind]?.() ?? "";
      return op === "in" || op === "not in" ? [one] : one;
    };
    const operatorOptions = (field) => {
      const at = field.kind === "date" || field.kind === "moment" ? 1 : 0;
      return field.operators.map((op) => [op, catalogue.operators[op]?.[at] || op]);
    };
    const RELATIVE = /^(now|today)(?:\s*([-+])\s*(\d+)\s*(minute|hour|day|week|month|year)s?)?$/;
    const WINDOW = /^(next )?(\d+)\s*(minute|hour|day|week|month|year)s?$/;
    const units = (kind) => {
      const known = kind === "date" ? ["day", "week", "month", "year"] : ["minute", "hour", "day", "week", "month", "year"];
      return known.map((unit) => [unit, unit === "day" ? words.days : words[unit]]);
    };
    const timeEntry = (node, field, put) => {
      const found = RELATIVE.exec(node.value);
      const place = make("span", { class: "criteria-row" });
      const mode = found ? (found[2] === "+" ? "ahead" : "ago") : "day";
      const modes = choose(words.value, [["ago", words.ago], ["ahead", words.ahead], ["day", words.day]], mode, (wanted) => {
        const base = field.kind === "date" ? "today" : "now";
        put(wanted === "day" ? new Date().toLocaleDateString("sv") : `${base} ${wanted === "ago" ? "-" : "+"} 30 days`, true);
      });
      if (!found) return place.append(modes, type(words.value, node.value, put, { type: /T/.test(node.value) ? "text" : "date" })), place;
      const [, base, , amount = "0", unit = "day"] = found;
      const sign = mode === "ago" ? "-" : "+";
      let state = { amount, unit };
      const write = () => put(`${base} ${sign} ${Number(state.amount) || 0} ${state.unit}s`);
      place.append(
        type(words.value, amount, (value) => { state.amount = value; write(); }, { type: "number", min: 0, max: 9999 }),
        choose(words.value, units(field.kind), unit, (value) => { state.unit = value; write(); }),
        modes,
      );
      return place;
    };
    const windowEntry = (node, field, put) => {
      const [, next, amount = "30", unit = "day"] = WINDOW.exec(node.value) || [];
      const state = { next: Boolean(next), amount, unit };
      const write = () => put(`${state.next ? "next " : ""}${Number(state.amount) || 0} ${state.unit}s`);
      return make("span", { class: "criteria-row" },
        choose(words.value, [["last", words.last], ["next", words.next]], next ? "next" : "last", (value) => { state.next = value === "next"; write(); }),
        type(words.value, amount, (value) => { state.amount = value; write(); }, { type: "number", min: 0, max: 9999 }),
        choose(words.value, units(field.kind), unit, (value) => { state.unit = value; write(); }));
    };
    const severalEntry = (node, options, put) => {
      const select = make("select", { class: "input", multiple: true, size: Math.min(5, options.length), "aria-label": words.value });
      for (const [key, text] of options) select.append(make("option", { value: key, selected: node.value.includes(key) }, text));
      select.addEventListener("change", () => put([...select.selectedOptions].map((option) => option.value)));
      return select;
    };
    const valueEntry = (node, field, put) => {
      if (node.op.startsWith("is ")) return null;
      if (node.op === "within") return windowEntry(node, field, put);
      const options = field.kind === "choice" ? field.choices : catalogue.people[field.references];
      const several = node.op === "in" || node.op === "not in";
      if (several && options) return severalEntry(node, options, put);
      if (several) return type(words.several, node.value.join(", "), (text) => put(text.split(/[,，]/).map((one) => one.trim()).filter(Boolean)), { placeholder: words.several });
      if (options?.length) return choose(words.value, options, node.value, put);
      if (field.kind === "yesno") return choose(words.value, [["yes", words.yes], ["no", words.no]], node.value, put);
      if (field.kind === "date" || field.kind === "moment") return timeEntry(node, field, put);
      return type(words.value, node.value, put, field.kind === "number" ? { type: "number", step: "any" } : { maxlength: 200 });
    };
    const comparison = (node, field) => [
      choose(words.operator, operatorOptions(field), node.op, (op) => {
        const wasMany = Array.isArray(node.value);
        const isMany = op === "in" || op === "not in";
        const keeps = !op.startsWith("is ") && op !== "within" && node.op !== "within" && !node.op.startsWith("is ") && wasMany === isMany;
        node.op = op;
        if (!keeps) node.value = startOf(field, op);
        changed(true);
      }),
      valueEntry(node, field, (value, again = false) => { node.value = value; changed(again); }),
    ];
    const NUMBER = { key: "", kind: "number", operators: catalogue.comparisons, choices: [], references: "" };

    const subjects = (fields, isInner) => [
      ...fields.map((field) => [`field:${field.key}`, field.label, words.fields]),
      ...(isInner ? [] : catalogue.relations.map((one) => [`related:${one.key}`, one.label, words.related])),
      ...(isInner || !catalogue.segments.length ? [] : [["segment:", words.in_segment, words.segments]]),
    ];
    const leafOf = (subject, fields) => {
      const [kind, key] = subject.split(":");
      if (kind === "segment") return { t: "segment", not: false, id: catalogue.segments[0][0] };
      if (kind === "related") {
        const where = { t: "all", not: false, parts: [] };
        return { t: "related", not: false, what: "exists", relation: key, field: "", op: "", value: "", where };
      }
      return first([fieldOf(fields, key)]);
    };
    const askedOptions = (relation) => {
      const kinds = { sum: ["number"], latest: ["date", "moment"], earliest: ["date", "moment"] };
      const found = [];
      for (const [what, label] of Object.entries(catalogue.asked)) {
        if (!kinds[what]) found.push([what, label]);
        else for (const field of relation.fields.filter((one) => kinds[what].includes(one.kind))) {
          found.push([`${what}.${field.key}`, `${label} · ${field.label}`]);
        }
      }
      return found;
    };
    const relatedEntries = (node) => {
      const relation = relationOf(node.relation);
      if (!relation) return [node.relation];
      const now = node.field ? `${node.what}.${node.field}` : node.what;
      const entries = [choose(words.operator, askedOptions(relation), now, (wanted) => {
        [node.what, node.field = ""] = wanted.split(".");
        const field = node.field ? fieldOf(relation.fields, node.field) : NUMBER;
        node.op = node.what === "exists" ? "" : node.what === "latest" || node.what === "earliest" ? "<" : ">=";
        node.value = node.what === "exists" ? "" : node.what === "count" ? "1" : startOf(field, node.op);
        changed(true);
      })];
      if (node.what !== "exists") {
        const field = node.field ? fieldOf(relation.fields, node.field) : NUMBER;
        entries.push(...comparison(node, node.what === "sum" ? { ...field, operators: catalogue.comparisons } : field));
      }
      entries.push(make("div", { class: "criteria-where" }, make("span", { class: "muted small" }, words.where), group(node.where, relation.fields, null, true)));
      return entries;
    };
    const remover = (parent, node) => make("button", {
      type: "button", class: "button is-quiet is-small", "aria-label": words.remove, title: words.remove,
      onclick: () => { parent.parts.splice(parent.parts.indexOf(node), 1); changed(true); },
    }, "×");
    const row = (node, fields, parent, isInner) => {
      const subject = node.t === "test" ? `field:${node.field}` : node.t === "related" ? `related:${node.relation}` : "segment:";
      const place = make("div", { class: "criteria-row" },
        choose(words.not, [["", words.holds], ["not", words.not]], node.not ? "not" : "", (value) => { node.not = value === "not"; changed(); }),
        choose(words.field, subjects(fields, isInner), subject, (wanted) => {
          parent.parts[parent.parts.indexOf(node)] = leafOf(wanted, fields);
          changed(true);
        }));
      const field = node.t === "test" ? fieldOf(fields, node.field) : null;
      if (field) place.append(...comparison(node, field).filter(Boolean));
      if (node.t === "segment") place.append(choose(words.segments, catalogue.segments, node.id, (id) => { node.id = id; changed(); }));
      const entries = node.t === "related" ? relatedEntries(node) : [];
      place.append(...entries.slice(0, -1).filter(Boolean), remover(parent, node), ...entries.slice(-1));
      return place;
    };
    const group = (node, fields, parent, isInner) => {
      const kind = node.not ? (node.t === "all" ? "none" : "none_any") : node.t;
      const kinds = [["all", words.all], ["any", words.any], ["none_any", words.none_any], ["none", words.none]];
      const head = make("div", { class: "criteria-head" }, choose(words.all, kinds, kind, (wanted) => {
        node.not = wanted.startsWith("none");
        node.t = wanted === "all" || wanted === "none" ? "all" : "any";
        changed(true);
      }), parent ? remover(parent, node) : null);
      const foot = make("div", { class: "criteria-foot" },
        make("button", { type: "button", class: "button is-small", onclick: () => { node.parts.push(first(fields)); changed(true); } }, words.condition),
        isInner ? null : make("button", {
          type: "button", class: "button is-small is-quiet",
          onclick: () => { node.parts.push({ t: node.t === "all" ? "any" : "all", not: false, parts: [first(fields)] }); changed(true); },
        }, words.group));
      const showHead = node.parts.length > 1 || node.not || parent;
      return make("div", { class: "criteria-group", role: "group" }, showHead ? head : null,
        ...node.parts.map((part) => (part.parts ? group(part, fields, node, isInner) : row(part, fields, node, isInner))), foot);
    };
    const show = () => {
      rows.replaceChildren(group(tree, catalogue.fields, null, false));
      rows.hidden = false;
    };

    // What it finds: asked a moment after the last change; an older answer never replaces a newer one.
    const ask = (isTyped = false) => {
      clearTimeout(asking);
      asking = setTimeout(async () => {
        asked?.abort();
        asked = new AbortController();
        const address = `${root.dataset.answer}?${new URLSearchParams({ where: area.value })}`;
        try {
          const response = await fetch(address, { headers: { "HX-Request": "true" }, signal: asked.signal });
          if (!response.ok) return Guanxi.toast?.(Guanxi.say(response.status === 429 ? "busy" : "broken"), "late");
          const part = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("criteria-answer");
          document.getElementById("criteria-answer")?.replaceWith(part);
          if (isTyped) take();
        } catch (error) {
          if (error.name !== "AbortError") Guanxi.toast?.(Guanxi.say("offline"), "late");
        }
      }, 400);
    };
    const take = () => {
      const found = read(document.querySelector("#criteria-answer [data-criteria-tree]"));
      if (!found) return false;
      tree = found;
      show();
      return true;
    };
    area.addEventListener("input", () => ask(true));
    if (!take()) {
      tree = { t: "all", not: false, parts: [] };
      if (!area.value.trim()) show();
    }
  };

  // Saving from the list: what it shows is what its address says by then.
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-address-words]")) return;
    for (const input of document.querySelectorAll("[data-address-words]")) input.value = location.search.slice(1);
  }, true);
  document.addEventListener("submit", (event) => {
    const input = event.target.querySelector?.("[data-address-words]");
    if (input) input.value = location.search.slice(1);
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-with-address]");
    if (!link) return;
    const to = link.dataset.withAddress;
    link.href = to + (to.includes("?") ? location.search.replace("?", "&") : location.search);
  }, true);

  Guanxi.onContent((root) => Guanxi.within(root, "[data-criteria]").forEach((place) => {
    if (place.dataset.ready) return;
    place.dataset.ready = "yes";
    build(place);
  }));
})();
