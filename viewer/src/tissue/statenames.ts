import { words } from "../words";

export const STATE_NAMES = words({
  alive: ["alive", "存活"],
  apoptotic: ["apoptotic", "凋亡"],
  swelling: ["swelling (necrotic)", "肿胀（坏死）"],
  lysed: ["lysed (necrotic)", "裂解（坏死）"],
});
