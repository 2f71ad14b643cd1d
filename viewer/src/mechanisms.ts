/* Mechanisms that an arm may do without (docs/biology/switches.md), in words. */
import { words } from "./words";

const M = words({
  granules: ["killing by granules", "颗粒介导的杀伤"],
  "death-ligand": ["killing by death ligands", "死亡配体介导的杀伤"],
  "own-nk": ["killing by the patient's own NK cells", "患者自身 NK 细胞的杀伤"],
  "missing-self": ["KIR and HLA (missing self)", "KIR 与 HLA（缺失自我识别）"],
  adcc: ["antibodies with CD16 (ADCC)", "抗体依赖 CD16 的杀伤（ADCC）"],
  "cd16-shedding": ["cleavage of CD16", "CD16 脱落"],
  checkpoint: ["PD-L1, on product and patient alike", "PD-L1（作用于产品与患者）"],
  "nk-help": ["help of product cells to the patient's T cells", "产品细胞对患者 T 细胞的辅助"],
  pge2: ["suppression in the hypoxic core", "缺氧核心的抑制"],
  "tgf-beta": ["suppression by TGF-beta and suppressors", "TGF-β 与抑制细胞的抑制"],
  suppressors: ["suppressor cells", "抑制性细胞"],
  "ligand-shedding": ["shedding of activating ligands", "活化配体脱落"],
  glucocorticoid: ["effects of glucocorticoids on NK cells", "糖皮质激素对 NK 细胞的作用"],
  "surgical-stress": ["stress after an operation", "手术应激"],
  "chemo-immune": ["effects of chemotherapy and radiotherapy on lymphocytes and NK cells", "放化疗对淋巴细胞与 NK 细胞的作用"],
  "ctc-clearance": ["clearance of tumour cells in blood by NK cells", "NK 细胞清除循环肿瘤细胞"],
  ageing: ["suppressors of age", "衰老相关抑制"],
  "il15-gate": ["IL-15 as a condition of antigen-driven division", "抗原驱动增殖对 IL-15 的依赖"],
  memory: ["memory cells", "记忆细胞"],
  exhaustion: ["exhaustion per kill", "杀伤导致的耗竭"],
  rejection: ["rejection of mismatched cells", "对错配细胞的排斥"],
  access: ["the perfused rim: everything is reached", "灌注边缘限制（关闭后处处可达）"],
  armour: ["the product's own cytokine", "产品自分泌的细胞因子"],
  "antigen-loss": ["the clone without antigen", "抗原缺失克隆"],
  dormancy: ["dormancy of foci", "微转移灶休眠"],
  "off-tumour": ["recognition of normal tissue", "对正常组织的识别"],
  "host-t-cells": ["recruitment of the patient's T cells", "患者 T 细胞募集"],
  metastasis: ["new lesions", "新病灶"],
});

/** The mechanism in words; the name alone when it is not known here. */
export function mechanismName(name: string): string {
  return name in M ? M[name as keyof typeof M] : name;
}
