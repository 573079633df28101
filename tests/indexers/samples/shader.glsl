// Light.
#version 330 core
#include "common.glsl"
#define PI 3.14159

uniform mat4 model;
uniform sampler2D albedo;
in vec3 position;
out vec4 color;
const float GAMMA = 2.2;

/// A lamp.
struct Light {
    vec3 place;
    float power;
};

layout(std140) uniform Lights {
    Light lights[4];
};

// Falls off.
float falloff(float d) {
    return 1.0 / (d * d);
}

vec3 shade(Light light, vec3 normal);

void main() {
    float d = length(position);
    color = vec4(shade(lights[0], vec3(0.0)) * falloff(d), 1.0);
}

float quart(const in float v) {
#ifdef FAST
    for (int i = 0; i < 4; i++) {
        if (i >= N) break;
#else
    for (int i = 0; i < N; i++) {
#endif
        v *= v;
    }
    return v;
}
