<?php
return [
    'language' => 'nl', 'title' => 'Planet Nederland', 'sheets' => ['nl.css'],
    'menu' => ['Begin' => '/', 'Doneer' => '/donate/'],
    'headline' => 'De bossen groeien terug',
    'text' => 'Vorig jaar plantten vrijwilligers meer bomen dan zij konden tellen, en toen telden zij ze.',
    'donate' => 'Help ons verder',
    'news' => [
        'Zee' => 'Netten die van niemand meer zijn worden aan land gebracht.',
        'Stad' => 'De daken zijn nu wit, en de nachten eronder twee graden koeler.',
        'Energie' => 'De laatste oven ging op een dinsdag uit. Niemand zat in het donker.',
    ],
    'footer' => 'Geplaatst op 17 juli',
];
