// Lies over everything and sees every touch without taking it; behind a button it would see none.
import QtQuick

Item {
    id: watch

    signal touched

    z: 1

    PointHandler {
        acceptedButtons: Qt.AllButtons
        onActiveChanged: if (active) watch.touched()
    }
}
