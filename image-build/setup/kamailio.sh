# shellcheck shell=sh
# Debian's kamailio package starts its example configuration on port 5060 where systemd runs. We run Kamailio ourselves
# with a rendered configuration, so the example is stopped - but only while it is untouched. Sourced, never run.

# Every configuration file of the package still has the checksum the package came with.
kamailio_is_untouched() {
    dpkg-query -W -f='${Conffiles}\n' kamailio 2>/dev/null | while read -r path sum _; do
        [ -n "$path" ] || continue
        [ "$(md5sum <"$path" | cut -d' ' -f1)" = "$sum" ] || exit 1
    done
}

kamailio_service_runs() {
    command -v systemctl >/dev/null 2>&1 && systemctl -q is-active kamailio.service 2>/dev/null
}

stock_kamailio_runs() { kamailio_service_runs && kamailio_is_untouched; }

# Stop the stock service; name a service somebody configured and leave it alone.
quiet_stock_kamailio() {
    kamailio_service_runs || return 0
    if ! kamailio_is_untouched; then
        say "A kamailio service that somebody configured runs on this machine; it is left alone. If it holds port 5060," \
            "give the edge another port in the configuration."
    elif ! apt_is_ours; then
        say "Debian's kamailio service holds port 5060 with its untouched example. To free it: systemctl disable --now kamailio"
    else
        step "stopping Debian's own kamailio service, which holds port 5060 with its untouched example" \
            as_root systemctl disable --now kamailio.service ||
            die "The stock kamailio service could not be stopped. As root: systemctl disable --now kamailio"
    fi
}
