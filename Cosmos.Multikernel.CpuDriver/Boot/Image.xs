// Where the linker script put the image's parts, for C#.

namespace Image
bits 64

extern ImageTextStart
extern ImageTextEnd
extern ImageRodataStart
extern ImageRodataEnd
extern ImageDataStart
extern ImageDataEnd
extern ImageBssEnd
extern ImagePristineStart
extern ImageEnd
extern ImageTrampolineStart
extern ImageTrampolineEnd

section .rodata
align 8
// The order of Boot/ImageLayout.cs.
Table:
    data qword @.ImageTextStart, @.ImageTextEnd
    data qword @.ImageRodataStart, @.ImageRodataEnd
    data qword @.ImageDataStart, @.ImageDataEnd, @.ImageBssEnd
    data qword @.ImagePristineStart, @.ImageEnd
    data qword @.ImageTrampolineStart, @.ImageTrampolineEnd

section .text exec
function Layout {
    RAX = @.Table
}
