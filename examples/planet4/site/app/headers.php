<?php
// Headers that every page is sent with.
header('Content-Type: text/html; charset=utf-8');
header('X-Content-Type-Options: nosniff');
