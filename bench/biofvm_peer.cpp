// Fields alone through BioFVM, as field.c runs them through ours. bench/tissue_peers.py builds it against a BioFVM whose folder
// it is given (1.0.4 by itself, or the one inside PhysiCell).
//
//   biofvm_peer NX NY NZ STEPS THREADS [FILE]
//
// Says the seconds and processor seconds of the steps behind the first; FILE gets all values afterwards as doubles, substance by substance, x fastest.
#include "BioFVM.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <omp.h>

using namespace BioFVM;

int main(int argc, char **argv)
{
    if (argc < 6) return 2;
    int n[3] = {atoi(argv[1]), atoi(argv[2]), atoi(argv[3])}, steps = atoi(argv[4]);
    omp_set_num_threads(atoi(argv[5]));
    Microenvironment m;
    m.set_density(0, "oxygen", "mmHg", 1e5, 0.1);
    m.add_density("factor", "1", 1e3, 0.016);
    m.resize_space_uniform(0, 20.0 * n[0], 0, 20.0 * n[1], 0, 20.0 * n[2], 20);
    m.diffusion_decay_solver = diffusion_decay_solver__constant_coefficients_LOD_3D;
    for (int z = 0; z < n[2]; z++)
        for (int y = 0; y < n[1]; y++)
            for (int x = 0; x < n[0]; x++)
                for (int s = 0; s < 2; s++)
                    m.density_vector(m.voxel_index(x, y, z))[s] = 10 + (x * 7 + y * 13 + z * 29 + s * 5) % 17;
    m.simulate_diffusion_decay(0.01);
    std::clock_t used = std::clock();
    auto began = std::chrono::steady_clock::now();
    for (int k = 1; k < steps; k++) m.simulate_diffusion_decay(0.01);
    std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    printf("seconds %.6f\nprocessor %.6f\n", took.count(), double(std::clock() - used) / CLOCKS_PER_SEC);
    if (argc < 7) return 0;
    FILE *f = fopen(argv[6], "wb");
    if (!f) return 1;
    for (int s = 0; s < 2; s++)
        for (int i = 0; i < n[0] * n[1] * n[2]; i++) {
            double x = m.density_vector(i)[s];
            fwrite(&x, sizeof x, 1, f);
        }
    return fclose(f) ? 1 : 0;
}
