#!/bin/sh
# 320 runs of the whole region: some ten minutes on two free cores. Stop it with Ctrl-C; the same
# command, or `kezek resume rural_access_in_doubt`, goes on.
exec kezek sweep study=rural_access_in_doubt design=sobol points=40 reps=4 \
    scenario=base,rural_access run.days=45 run.run_in_days=15 \
    vary.choice.van_bonus=range vary.choice.van_delay_per_day=range \
    vary.choice.helper_penalty=range vary.mobile.announce_days=range \
    vary.mobile.full_day_residents=range vary.population.uncovered_internet_factor=range "$@"
