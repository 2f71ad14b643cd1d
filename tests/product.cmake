pf_test(product_lot pf_product)
pf_test(product_judge pf_product)
