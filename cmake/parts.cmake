# The libraries Perforin stands on. Each is a Debian package; the Makefile installs them. Their licences, none of which is the GPL:
# libyaml MIT, HDF5 BSD-3-Clause, UDUNITS-2 its own permissive one, libSBML LGPL-2.1, zlib Zlib; cmocka (tests alone) Apache-2.0.
find_package(PkgConfig REQUIRED)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
# Where both kinds are installed `hdf5` may be the one with MPI, and thirty more libraries at each start.
pkg_search_module(PF_HDF5 REQUIRED IMPORTED_TARGET hdf5-serial hdf5)
find_library(PF_UDUNITS2 udunits2 REQUIRED)
find_path(PF_UDUNITS2_INCLUDE udunits2.h PATH_SUFFIXES udunits2 REQUIRED)
find_library(PF_SBML sbml REQUIRED)
find_path(PF_SBML_INCLUDE sbml/SBMLTypes.h REQUIRED)
find_library(PF_CMOCKA cmocka)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)
