# The libraries Perforin stands on. Each is a Debian package; the Makefile installs them.
find_package(PkgConfig REQUIRED)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
find_library(PF_UDUNITS2 udunits2 REQUIRED)
find_path(PF_UDUNITS2_INCLUDE udunits2.h PATH_SUFFIXES udunits2 REQUIRED)
find_library(PF_SBML sbml REQUIRED)
find_path(PF_SBML_INCLUDE sbml/SBMLTypes.h REQUIRED)
find_library(PF_CMOCKA cmocka)
find_package(Threads REQUIRED)
