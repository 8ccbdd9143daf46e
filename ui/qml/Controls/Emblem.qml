// The hall's emblem; held for three seconds, with a ring that shows how far, it asks for the staff's door.
import QtQuick
import QtQuick.Shapes

Rectangle {
    id: emblem

    property bool holdable: false
    property real seconds: 3
    property real progress: 0
    signal held

    height: width
    radius: width / 2
    color: "#ffffff"
    Accessible.ignored: true

    Icon {
        anchors.centerIn: parent
        name: "account_balance"
        size: Math.round(emblem.width * 0.62)
        colour: "#0a3a92"
    }
    Shape {
        objectName: "emblem-ring"
        visible: emblem.progress > 0.08
        anchors.fill: parent

        ShapePath {
            strokeColor: Theme.highContrast ? "#ffe600" : "#ffb300"
            strokeWidth: Theme.px(9)
            fillColor: "transparent"
            capStyle: ShapePath.RoundCap

            PathAngleArc {
                centerX: emblem.width / 2
                centerY: emblem.height / 2
                radiusX: emblem.width / 2 - Theme.px(4)
                radiusY: radiusX
                startAngle: -90
                sweepAngle: 360 * emblem.progress
            }
        }
    }
    TapHandler {
        id: press
        enabled: emblem.holdable
        gesturePolicy: TapHandler.WithinBounds
    }
    // TapHandler's own timeHeld begins to count too late to be shown.
    NumberAnimation {
        target: emblem
        property: "progress"
        running: press.pressed
        from: 0
        to: 1
        duration: emblem.seconds * 1000
        onFinished: emblem.held()
        onStopped: emblem.progress = 0
    }
}
