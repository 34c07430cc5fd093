#!/bin/sh
# Boots the Debian below ROOT with its own systemd, which runs booted.sh and powers off.
#   unshare --mount --pid --net --uts --ipc --fork --kill-child sh boot.sh ROOT
set -eu
root=$1
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
cat >"$root/etc/systemd/system/booted.service" <<'UNIT'
[Unit]
After=sluice.service
[Service]
Type=oneshot
StandardOutput=file:/booted.txt
StandardError=inherit
ExecStart=/bin/sh /booted.sh
UNIT
mkdir -p "$root/etc/systemd/system/multi-user.target.wants" "$root/old"
ln -sf ../booted.service "$root/etc/systemd/system/multi-user.target.wants/"
ip link set lo up
cd "$root"
pivot_root . old
# Not chroot: from there no user namespace can be made. Shared: by that way credentials get into /run.
exec env -i PATH=/usr/sbin:/usr/bin container=other \
    sh -c 'umount -l /old; mount --make-rshared /; exec /sbin/init systemd.unit=multi-user.target'
