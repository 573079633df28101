// Light.
#include "common.hlsl"
#define PI 3.14159

Texture2D albedo : register(t0);
SamplerState smooth : register(s0);
static const float GAMMA = 2.2;

/// What a vertex has.
struct Vertex {
    float3 place : POSITION;
    float2 uv : TEXCOORD0;
};

// Falls off.
float Falloff(float d) {
    return 1.0 / (d * d);
}

[numthreads(8, 8, 1)]
void Main(uint3 id : SV_DispatchThreadID) {
    float d = length(eye);
    Falloff(d);
}

float4 Shade(Vertex v) : SV_Target {
    return albedo.Sample(smooth, v.uv) * Falloff(1.0);
}
