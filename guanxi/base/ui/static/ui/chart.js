// Charts: the library is fetched on pages that have one; colours come from the tokens, tooltips are drawn, not HTML (CSP).
(() => {
  const { onContent, within } = Guanxi;
  let library = null;

  const load = (source) => {
    library ||= new Promise((done, fail) => {
      const script = Object.assign(document.createElement("script"), { src: source, onload: done, onerror: fail });
      document.head.append(script);
    });
    return library;
  };
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const look = () => {
    const axis = {
      axisLine: { lineStyle: { color: token("line-strong") } }, axisTick: { show: false },
      axisLabel: { color: token("ink-2") }, splitLine: { lineStyle: { color: token("line") } },
    };
    return {
      color: [1, 2, 3, 4, 5, 6].map((step) => token(`chart-${step}`)),
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: token("ink") },
      categoryAxis: axis, valueAxis: axis, timeAxis: axis,
      bar: { barMaxWidth: 28 }, line: { symbolSize: 6 },
      legend: { textStyle: { color: token("ink-2") } },
    };
  };
  // Words such as "var(--late)" in an option stand for a token.
  const resolve = (value) => {
    if (typeof value === "string") return value.replace(/^var\(--([\w-]+)\)$/, (_all, name) => token(name));
    if (Array.isArray(value)) return value.map(resolve);
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolve(part)]));
    return value;
  };

  const draw = async (figure) => {
    const option = resolve(JSON.parse(document.getElementById(figure.dataset.chart).textContent));
    await load(figure.dataset.library);
    const chart = echarts.init(figure.querySelector(".chart-box"), look(), { renderer: "svg" });
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    chart.setOption({ grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true }, animation: !calm, ...option,
      tooltip: { renderMode: "richText", ...option.tooltip } });
    new ResizeObserver(() => chart.resize()).observe(figure);
  };
  // Without the library the table says it all: it is opened instead.
  const drawOrTell = (figure) => draw(figure).catch(() => {
    figure.querySelector(".chart-box").hidden = true;
    figure.querySelector("details").open = true;
  });
  onContent((root) => within(root, "[data-chart]").forEach(drawOrTell));
})();
