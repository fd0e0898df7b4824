<?php
// What a site answers beside its pages: a path, and who answers.
return [];
