#!/bin/sh
# The first process of the test kernel. Its root is the host's own tree, read only; a layer in memory over it takes every
# write, so that nothing done here is ever seen on the host: compiled modules too, which each program would otherwise
# compile for itself. Then Python takes over and switches the machine off.
# HIL_PYTHON, HIL_ROOT and HIL_REQUEST come from the kernel's command line.
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH HOME=/run/home TMPDIR=/run/tmp LANG=C.UTF-8

mount -t tmpfs none /mnt
mkdir /mnt/written /mnt/work /mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/written,workdir=/mnt/work none /mnt/root
for one in proc:proc sysfs:sys devtmpfs:dev configfs:sys/kernel/config tmpfs:run; do
    mount -t "${one%%:*}" none "/mnt/root/${one#*:}"
done
# The host's own temporary folders may be closed to whoever booted this.
mkdir -m 1777 "/mnt/root$TMPDIR"
mkdir "/mnt/root$HOME"
mkdir /mnt/root/dev/pts /mnt/root/dev/shm
mount -t devpts none /mnt/root/dev/pts
mount -t tmpfs none /mnt/root/dev/shm
exec chroot /mnt/root "$HIL_PYTHON" "$HIL_ROOT/tests/hil/inside/run.py" "$HIL_ROOT" "$HIL_REQUEST"
