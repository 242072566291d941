"""Devices: the browsers and apps in which a user has signed in before."""
