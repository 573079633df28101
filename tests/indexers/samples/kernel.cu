// Sums.
#include <cuda_runtime.h>
#include "sum.cuh"

#define BLOCK 256

namespace shop {

__constant__ float rate[4];

/// One item.
struct Item {
    float cost;
    __device__ float total() const { return cost * 2; }
};

__device__ float twice(float x) { return x * 2; }

/// Adds up.
template <typename T>
__global__ void add(const T *a, T *out, int n) {
    __shared__ T part[BLOCK];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = twice(a[i]);
    __syncthreads();
}

class Sum {
public:
    Sum(int n);
    void run(cudaStream_t stream);
};

void Sum::run(cudaStream_t stream) {
    add<float><<<4, BLOCK, 0, stream>>>(in_, out_, n_);
    cudaDeviceSynchronize();
}

}  // namespace shop

struct __align__(8) Pair {
    float high;
    const float &low;
    void (*done)(int);
};

int Sum::runs = 0;

SHOP_API Pair *pairs();
