pf_test(tissue_field pf_tissue)
pf_test(tissue_cells pf_tissue)
pf_test(tissue_life pf_tissue)
pf_test(tissue_contact pf_tissue)
