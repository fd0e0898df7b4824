<?php
return [
    'language' => 'en', 'title' => 'Planet International', 'sheets' => [],
    'menu' => ['Home' => '/', 'Donate' => '/donate/'],
    'headline' => 'Forests are growing back',
    'text' => 'Last year volunteers planted more trees than they could count, and then they counted.',
    'donate' => 'Help us do more of it',
    'news' => [
        'Oceans' => 'Nets that nobody owns any more are brought ashore, and made into new ones.',
        'Cities' => 'Roofs are white now, and the nights below them are two degrees cooler.',
        'Energy' => 'The last furnace went out on a Tuesday. Nobody had to sit in the dark.',
    ],
    'footer' => 'Published on 17 July',
];
