# report: the page's document
pf_test(page pf_report)
