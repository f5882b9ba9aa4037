// What a spare worker calls before it is a function's.
'use strict';

exports.handler = async () => 'done';
