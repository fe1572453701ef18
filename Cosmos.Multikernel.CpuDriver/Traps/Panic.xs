// The epitaph of a core that had to stop, where a debugger finds it: text, ended by a 0 byte.

namespace Panic

section .data
var Epitaph byte[4096] = 0

bits 64
section .text exec

function EpitaphAddress {
    RAX = @.Epitaph
}
