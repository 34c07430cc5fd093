# Runs inside the system that boot.sh booted and writes down what it sees.
# shellcheck shell=sh
echo "started $(systemctl is-active sluice)"
curl -s http://127.0.0.1:8006/health | grep -q '"openai_configured":true,"mistral_configured":false' && echo "openai_configured true"

status=/proc/$(systemctl show -P MainPID sluice)/status
grep -q '^CapBnd:	0*$' "$status" && grep -q '^NoNewPrivs:	1' "$status" && grep -q '^Seccomp:	2' "$status" &&
    ! grep -q '^Uid:	0' "$status" && echo unprivileged

sleep 17 # WatchdogSec=30: one sign each 15 s
[ "$(systemctl show -P WatchdogTimestampMonotonic sluice)" -gt "$(($(systemctl show -P ActiveEnterTimestampMonotonic sluice) + 10000000))" ] &&
    echo "sign of life"
systemctl reload sluice && echo "reloaded $(systemctl is-active sluice)"
systemctl stop sluice
echo "stopped $(systemctl show -P Result sluice) $(systemctl show -P ExecMainStatus sluice)"
journalctl -u sluice --no-pager | tail -n 20
systemctl poweroff --force
