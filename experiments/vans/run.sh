#!/bin/sh
# 48 runs of the whole region: five minutes on two free cores. The same command goes on after a stop.
exec "${KEZEK:-kezek}" sweep study=vans_enough design=grid 'vary.mobile.units=[0,2,4,6,8,12,16,24]' \
    reps=6 run.days=90 run.run_in_days=30 "$@"
