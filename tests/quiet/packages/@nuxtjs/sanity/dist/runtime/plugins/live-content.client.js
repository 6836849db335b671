import { watch } from "vue";
import { defineNuxtPlugin, refreshNuxtData } from "#imports";
import { useSanityConfig } from "../composables/useSanityConfig.js";
import { useSanityVisualEditingState } from "../composables/useSanityVisualEditingState.js";
import { useSanity } from "../composables/useSanity.js";
import { useIsSanityPresentationTool } from "../composables/useIsSanityPresentationTool.js";
export default defineNuxtPlugin(() => {
  const { liveContent, visualEditing } = useSanityConfig();
  if (!import.meta.client || !liveContent) return;
  const visualEditingState = useSanityVisualEditingState();
  const sanity = useSanity();
  const { browserToken } = liveContent;
  const liveClient = sanity.client.withConfig({
    ignoreBrowserTokenWarning: true,
    token: browserToken,
    useCdn: false
  });
  const includeDrafts = !!(browserToken && visualEditingState?.enabled);
  const tag = "nuxt-loader.live";
  const _inPresentation = useIsSanityPresentationTool();
  watch(_inPresentation, (inPresentation, _wasInPresentation, onCleanup) => {
    if (inPresentation === false || inPresentation === true && visualEditing?.mode !== "live-visual-editing") {
  }, { immediate: true });
  const focusThrottleInterval = 5e3;
  let nextFocusRevalidatedAt = 0;
  const callback = () => {
    const now = Date.now();
    if (now > nextFocusRevalidatedAt && document.visibilityState !== "hidden") {
      refreshNuxtData();
      nextFocusRevalidatedAt = now + focusThrottleInterval;
    }
  };
  document.addEventListener("visibilitychange", callback, { passive: true });
  window.addEventListener("focus", callback, { passive: true });
});
