# report: the page's document
pf_test(page pf_report)
pf_test(page_columns pf_report)
