/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

struct range4 {
    uint32_t first;
    int bits;
};

struct range6 {
    unsigned char first[16];
    int bits;
};

static const struct range4 special4[] = {
    {0x00000000, 8},  /* this network */
    {0x0a000000, 8},  /* private */
    {0x64400000, 10}, /* shared by customers of a provider */
    {0x7f000000, 8},  /* loopback */
    {0xa9fe0000, 16}, /* link-local: also where clouds tell machines their keys */
    {0xac100000, 12}, /* private */
    {0xc0000000, 24}, /* protocols */
    {0xc0000200, 24}, /* documentation */
    {0xc0586300, 24}, /* 6to4 relays */
    {0xc0a80000, 16}, /* private */
    {0xc6120000, 15}, /* benchmarks */
    {0xc6336400, 24}, /* documentation */
    {0xcb007100, 24}, /* documentation */
    {0xe0000000, 4},  /* multicast */
    {0xf0000000, 4},  /* reserved, broadcast */
};

/* Of 2000::/3, outside which nothing is public. */
static const struct range6 special6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23}, /* protocols, Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x20, 0x02}, 16},             /* 6to4 */
    {{0x3f, 0xff}, 20},             /* documentation */
};

static const struct range6 global6 = {{0x20}, 3};
static const struct range6 mapped = {{[10] = 0xff, [11] = 0xff}, 96};
static const struct range6 translated = {{0x00, 0x64, 0xff, 0x9b}, 96}; /* NAT64 */

static bool is_public4(uint32_t address)
{
    for (size_t i = 0; i < sizeof(special4) / sizeof(special4[0]); i++)
        if ((address ^ special4[i].first) >> (32 - special4[i].bits) == 0)
            return false;
    return true;
}

static bool is_in(const unsigned char *address, const struct range6 *range)
{
    int bytes = range->bits / 8, bits = range->bits % 8;
    if (memcmp(address, range->first, (size_t)bytes) != 0)
        return false;
    return bits == 0 || (address[bytes] ^ range->first[bytes]) >> (8 - bits) == 0;
}

static bool is_public6(const unsigned char *address)
{
    if (is_in(address, &mapped) || is_in(address, &translated)) {
        uint32_t inside;
        memcpy(&inside, address + 12, sizeof(inside));
        return is_public4(ntohl(inside));
    }
    for (size_t i = 0; i < sizeof(special6) / sizeof(special6[0]); i++)
        if (is_in(address, &special6[i]))
            return false;
    return is_in(address, &global6);
}

bool address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return is_public4(
            ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
    if (address->sa_family == AF_INET6)
        return is_public6(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
    return false;
}
