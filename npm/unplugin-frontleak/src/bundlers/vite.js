// Vite builds one environment or several (client, ssr), each with hooks of its own, and, where one command builds an app of
// several, with plugins of its own. So what an app has written is remembered here, for all plugins of the process.
import { watchSources } from "../dev.js";
import { scanOrThrow } from "../scan.js";
import { targetsOfOutput } from "./rollup.js";

const apps = new WeakMap(); // environment -> the build of the app that it is part of

/** The hook that runs before any environment of an app is built. */
export function beginHooks() {
  return {
    apply: "build",
    buildApp: {
      order: "pre",
      async handler({ environments }) {
        const all = Object.values(environments);
        const app = { all, closed: new Set(), written: new Set(), asked: false, ended: false };
        for (const environment of all) apps.set(environment, app);
      },
    },
  };
}

export function viteHooks(options) {
  let config;
  const written = new Map(); // environment -> what it wrote; undefined is that of a Vite without environments
  const scan = (targets, watch) => targets.size && scanOrThrow([...targets], config.root, options, watch);
  return {
    configResolved(resolved) {
      config = resolved;
    },
    configureServer(server) {
      if (options.dev && !process.env.VITEST) watchSources(server, options);
    },
    writeBundle: {
      order: "post",
      handler(output, bundle) {
        const targets = written.get(this.environment) ?? new Set();
        for (const target of targetsOfOutput(output, bundle, config.root)) targets.add(target);
        written.set(this.environment, targets);
      },
    },
    closeBundle: {
      order: "post",
      sequential: true, // after what other plugins write then
      async handler() {
        const targets = written.get(this.environment) ?? new Set();
        written.delete(this.environment); // a watch closes a bundle each time
        const app = this.environment && apps.get(this.environment);
        const watch = this.meta.watchMode;
        if (!app || app.ended || watch) return scan(targets, watch);
        app.closed.add(this.environment);
        for (const target of targets) app.written.add(target);
        return app.asked && app.closed.size === app.all.length ? end(app) : undefined;
      },
    },
    buildApp: {
      order: "post",
      // where nothing is built until now, Vite builds all environments after this
      async handler({ environments }) {
        const app = apps.get(Object.values(environments)[0]);
        if (!app) return;
        app.asked = true;
        if (app.closed.size) await end(app);
      },
    },
  };

  function end(app) {
    app.ended = true; // what is built later is scanned by itself
    return scan(app.written, false);
  }
}
