/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as the body of an answer on Ollama's wire.
 */
#include "fuzz/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_answer(&codec_ollama, data, size);
}
